// Runs one scenario with Snowflake's own Node driver against a port of the agent, and prints what the
// driver saw as one JSON object. The program knows nothing of sfguard.
//
// usage: SNOWFLAKE_URL=… SNOWFLAKE_PASSWORD=… node judge.mjs SCENARIO

import snowflake from 'snowflake-sdk';

snowflake.configure({ logLevel: 'ERROR', additionalLogToConsole: false, disableOCSPChecks: true });

const connection = snowflake.createConnection({
  accessUrl: process.env.SNOWFLAKE_URL,
  account: 'sandbox',
  username: 'anybody',
  password: process.env.SNOWFLAKE_PASSWORD,
  application: 'judge',
  disablePlatformDetection: true,
});

const connect = () =>
  new Promise((resolve, reject) =>
    connection.connect((error) => (error ? reject(error) : resolve())));

const run = (sqlText, options = {}) =>
  new Promise((resolve, reject) =>
    connection.execute({
      sqlText,
      ...options,
      complete: (error, statement, rows) =>
        error ? reject(error) : resolve({ statement, rows }),
    }));

const failure = (error) => ({
  code: String(error.code),
  sqlState: error.sqlState ?? null,
  message: error.message,
});

const failing = async (sqlText, options) => {
  try {
    await run(sqlText, options);
    return { code: null, message: 'did not fail' };
  } catch (error) {
    return failure(error);
  }
};

const scenarios = {
  async query() {
    const { rows } = await run('select id, name from customers order by id limit 3');
    return { rows };
  },

  async types() {
    const { rows } = await run(`
      select 12345678901::number(38,0) as n, 123.45::number(10,2) as d, 1.5::float as f,
             'héllo ☃' as t, true as b, '2024-01-02'::date as dt,
             '03:04:05.123'::time as tm, '2024-01-02 03:04:05.123'::timestamp_ntz as ntz,
             to_binary('48454C4C4F', 'HEX') as bin, parse_json('{"a":1}') as v,
             object_construct('k', 'v') as o, array_construct(1, 2) as a, null as nothing`);
    const row = rows[0];
    return {
      number: row.N, decimal: row.D, float: row.F, text: row.T, truth: row.B,
      date: row.DT?.toISOString?.() ?? String(row.DT), time: row.TM,
      timestamp: row.NTZ?.toISOString?.() ?? String(row.NTZ),
      binary: row.BIN?.toString('hex'), variant: row.V, object: row.O, array: row.A,
      nothing: row.NOTHING,
    };
  },

  async binds() {
    const { rows } = await run('select id, name from customers where id = ? and name is not null', {
      binds: [7],
    });
    return { rows };
  },

  async batch() {
    await run('create temporary table pairs (a int, b varchar)');
    const { statement } = await run('insert into pairs values (?, ?)', {
      binds: [[1, 'one'], [2, 'two'], [3, 'three']],
    });
    const { rows } = await run('select a, b from pairs order by a');
    return { inserted: statement.getNumUpdatedRows(), rows };
  },

  async transaction() {
    await run('create temporary table kept (a int)');
    await run('begin');
    await run('insert into kept values (1)');
    await run('rollback');
    await run('begin');
    await run('insert into kept values (2)');
    await run('commit');
    const { rows } = await run('select a from kept');
    return { rows };
  },

  async cancel() {
    const outcome = new Promise((resolve) => {
      const statement = connection.execute({
        sqlText: 'select system$wait(60)',
        complete: (error) => resolve(error ? failure(error) : { code: null }),
      });
      const timer = setInterval(() => {
        statement.cancel((error) => { if (!error) clearInterval(timer); });
      }, 500);
    });
    return outcome;
  },

  async held() {
    try {
      const { statement } = await run('delete from kept where a = 1');
      return { deleted: statement.getNumUpdatedRows() };
    } catch (error) {
      return failure(error);
    }
  },

  async heldCancelled() {
    return new Promise((resolve) => {
      const statement = connection.execute({
        sqlText: 'delete from kept where a = 1',
        complete: (error) => resolve(error ? failure(error) : { code: null }),
      });
      const timer = setInterval(() => {
        statement.cancel((error) => { if (!error) clearInterval(timer); });
      }, 500);
    });
  },

  async async() {
    const { statement } = await run('select count(*) as n from orders', { asyncExec: true });
    const queryId = statement.getQueryId();
    const result = await connection.getResultsFromQueryId({ queryId });
    const rows = [];
    for await (const row of result.streamRows()) rows.push(row);
    return { rows };
  },

  // This driver keeps the answer of an asynchronous POST to itself: the program hears of a refusal when it
  // asks for the result.
  async asyncBlocked() {
    const { statement } = await run('drop table orders', { asyncExec: true });
    try {
      const result = await connection.getResultsFromQueryId({ queryId: statement.getQueryId() });
      for await (const row of result.streamRows()) void row;
      return { code: null, message: 'did not fail' };
    } catch (error) {
      return failure(error);
    }
  },

  async multi() {
    const results = [];
    await new Promise((resolve, reject) => {
      connection.execute({
        sqlText: 'select 1 as a; select 2 as a; select 3 as a',
        parameters: { MULTI_STATEMENT_COUNT: 3 },
        complete: (error, statement, rows) => {
          if (error) return reject(error);
          results.push(rows?.[0]?.A);
          if (statement.hasNext()) statement.NextResult();
          else resolve();
        },
      });
    });
    return { results };
  },

  async injected() {
    return failing('select 1; select 2');
  },

  async chunks() {
    let count = 0;
    let sum = 0;
    await new Promise((resolve, reject) => {
      const statement = connection.execute({
        sqlText: `select seq4() as n, 'row ' || seq4() as t from table(generator(rowcount => 200000))`,
        streamResult: true,
        complete: (error) => {
          if (error) return reject(error);
          statement.streamRows()
            .on('error', reject)
            .on('data', (row) => { count += 1; sum += Number(row.N); })
            .on('end', resolve);
        },
      });
    });
    return { count, sum };
  },

  async slow() {
    const { rows } = await run('select system$wait(100)');
    return { rows };
  },

  async blocked() {
    return failing('drop database shop');
  },

  async unknownTable() {
    return failing('select * from no_such_table');
  },
};

const name = process.argv[2];
let outcome;
try {
  await connect();
  outcome = { ok: await scenarios[name]() };
} catch (error) {
  outcome = { failed: failure(error) };
}
process.stdout.write(JSON.stringify(outcome) + '\n', () => {
  connection.destroy(() => process.exit(0));
});
