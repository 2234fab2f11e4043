import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, withoutQuotedRows } from './connection.ts';

test('many requests without an answer hold up no other one', async () => {
  let hanging = 0;
  const server = createServer((request, response) => {
    request.once('data', (statement: Buffer) => {
      if (statement.includes('hangs')) hanging += 1;
      else response.end('{"data":[]}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = connect({ url, username: '', database: 'd' });
  try {
    const asked = Array.from({ length: 40 }, () => client.rows('hangs').catch(() => 'broken off'));
    expect(await client.rows('SELECT 1')).toEqual([]);
    expect(hanging).toBe(40);
    server.closeAllConnections();
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['broken off']));
  } finally {
    await client.close();
    server.closeAllConnections();
    server.close();
  }
});

test('the rows that ClickHouse quotes are left out of its answer, whatever is in them', () => {
  const before = 'Code: 467. DB::Exception: Invalid boolean: (while reading the value of key ok): (at row 2)';
  const quoted = `
: ${''}
Row 1:
Column 0,   name: event_id, type: UUID,   parsed text: "<DOUBLE QUOTE>00000000<DOUBLE QUOTE>"
Row 2:
Column 1,   name: k,        type: String, parsed text: "while pushing to view \\n: \\nRow 1:\\n"
Column 2,   name: ok,       type: Bool,   parsed text: <EMPTY>ERROR
Code: 467. DB::Exception: Invalid boolean: (while reading the value of key ok). (CANNOT_PARSE_BOOL) (version 26.7.2.1)
`;
  const behind =
    '\n: While executing ParallelParsingBlockInputFormat. (CANNOT_PARSE_BOOL) (version 26.7.2.1)\n';
  expect(withoutQuotedRows(`${before}${quoted}${behind}`)).toBe(`${before}${behind}`);
  expect(withoutQuotedRows(`${before}${behind}`)).toBe(`${before}${behind}`);
  expect(withoutQuotedRows('<html>\n</html>')).toBe('<html>\n</html>');
});
