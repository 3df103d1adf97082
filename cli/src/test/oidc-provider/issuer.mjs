// A certified issuer on loopback, with the people of the demo. Says its address on stdout, takes
// "device-code-seconds N" on stdin, and ends with it.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

const groups = { ana: ['analysts'], bo: ['dba'], eve: [] };
let deviceCodeSeconds = 600;

const audiences = { 'urn:sfguard': 'sfguard', 'urn:other': 'somebody-else' };
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'sfguard-cli',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        response_types: [],
        redirect_uris: [],
      },
      {
        client_id: 'somebody-else',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        response_types: [],
        redirect_uris: [],
      },
      {
        client_id: 'robot',
        client_secret: 'robot-secret',
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    features: {
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, resource) => ({
          audience: audiences[resource],
          scope: 'query',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    claims: { openid: ['sub', 'groups'], email: ['email', 'email_verified'] },
    // Groups and address in the ID token, where the gateway looks for them.
    conformIdTokenClaims: false,
    extraTokenClaims: (ctx, token) => ({ groups: token.accountId ? groups[token.accountId] : ['agents'] }),
    findAccount: (ctx, id) =>
      groups[id] && {
        accountId: id,
        claims: () => ({ sub: id, groups: groups[id], email: `${id}@acme.example`, email_verified: true }),
      },
    rotateRefreshToken: true,
    ttl: { DeviceCode: () => deviceCodeSeconds },
    cookies: { keys: ['only for this test'] },
  });
  server.on('request', provider.callback());
  console.log(issuer);
});

createInterface({ input: process.stdin })
  .on('line', (line) => { deviceCodeSeconds = Number(line.split(' ')[1]); })
  .on('close', () => process.exit());
