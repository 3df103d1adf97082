// Runs a list of statements with Snowflake's own Node driver, one after the other in one session, and
// prints for each what the driver saw. The program knows nothing of sfguard.
//
// usage: SNOWFLAKE_URL=… SNOWFLAKE_PASSWORD=… node corpus.mjs < statements.json
//
// In:  [{"id": "S01", "sql": "select 1"}, …]
// Out: one JSON object a line: {"id": "S01", "code": "", "message": "", "rows": ["1"]}

import { readFileSync } from 'node:fs';
import snowflake from 'snowflake-sdk';

snowflake.configure({
  logLevel: 'OFF',
  additionalLogToConsole: false,
  disableOCSPChecks: true,
  // As it came: the driver's process ends at a variant that it cannot read.
  jsonColumnVariantParser: (text) => text,
});

const connection = snowflake.createConnection({
  accessUrl: process.env.SNOWFLAKE_URL,
  account: 'sandbox',
  username: 'anybody',
  password: process.env.SNOWFLAKE_PASSWORD,
  application: 'corpus',
  disablePlatformDetection: true,
  rowMode: 'array',
});

const connect = () =>
  new Promise((resolve, reject) =>
    connection.connect((error) => (error ? reject(error) : resolve())));

// All results of a request that may hold several statements.
const run = (sqlText) =>
  new Promise((resolve, reject) => {
    const all = [];
    connection.execute({
      sqlText,
      parameters: { MULTI_STATEMENT_COUNT: 0 },
      complete: (error, statement, rows) => {
        if (error) return reject(error);
        all.push(...(rows ?? []).map((row) => JSON.stringify(row)));
        if (statement.hasNext?.()) statement.NextResult();
        else resolve(all);
      },
    });
  });

const attempt = async ({ id, sql }) => {
  try {
    return { id, code: '', message: '', rows: await run(sql) };
  } catch (error) {
    return { id, code: String(error.code ?? ''), message: String(error.message), rows: [] };
  }
};

const statements = JSON.parse(readFileSync(0, 'utf8'));
await connect();
for (const statement of statements) {
  const outcome = await attempt(statement);
  // The next one finds the session as the first one did.
  await attempt({ id: '', sql: 'use schema shop.public' });
  process.stdout.write(JSON.stringify(outcome) + '\n');
}
connection.destroy(() => process.exit(0));
