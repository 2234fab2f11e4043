import { withoutQuotedRows } from './connection.ts';

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
