import { parseError } from '@clickhouse/client';
import { classifyError } from './classify-error.ts';

/** Answers of ClickHouse 26.7, and at the end one whose row pretends to be something else. */
const aboutARow = [
  [
    'Code: 376. DB::Exception: Cannot parse uuid nope","occurred_at":null}: (while reading the value of key event_id): (at row 1)\n: While executing ParallelParsingBlockInputFormat. (CANNOT_PARSE_UUID)',
    'CANNOT_PARSE_UUID (376) in column event_id',
  ],
  [
    'Code: 41. DB::Exception: Cannot read DateTime: unexpected word: (while reading the value of key occurred_at): (at row 1)\n: While executing ParallelParsingBlockInputFormat. (CANNOT_PARSE_DATETIME)',
    'CANNOT_PARSE_DATETIME (41) in column occurred_at',
  ],
  [
    `Code: 27. DB::Exception: Cannot parse input: expected ',' before: '.5,"l":1,"s":"x"}': (at row 1)\n: While executing ParallelParsingBlockInputFormat. (CANNOT_PARSE_INPUT_ASSERTION_FAILED)`,
    'CANNOT_PARSE_INPUT_ASSERTION_FAILED (27)',
  ],
  [
    `Code: 467. DB::Exception: Invalid boolean value, should be true/false, 1/0, but it starts with the '"' character: (while reading the value of key offline): (at row 1)\n: While executing ParallelParsingBlockInputFormat. (CANNOT_PARSE_BOOL)`,
    'CANNOT_PARSE_BOOL (467) in column offline',
  ],
  [
    `Code: 27. DB::Exception: Cannot parse input: expected ',' before: 'x"]}': (while reading the value of key staff_shares.handle_ms): (at row 1)\n: While executing ParallelParsingBlockInputFormat. (CANNOT_PARSE_INPUT_ASSERTION_FAILED)`,
    'CANNOT_PARSE_INPUT_ASSERTION_FAILED (27) in column staff_shares.handle_ms',
  ],
  [
    "Code: 130. DB::Exception: Array does not start with '[' character: (while reading the value of key tags): (at row 1)\n: While executing ParallelParsingBlockInputFormat. (CANNOT_READ_ARRAY_FROM_TEXT)",
    'CANNOT_READ_ARRAY_FROM_TEXT (130) in column tags',
  ],
  [
    'Code: 25. DB::Exception: Cannot parse escape sequence: missing second part of surrogate pair. In JSON input formats you can disable setting input_format_json_throw_on_bad_escape_sequence to save bad escape sequences as is: (while reading the value of key text): (at row 1)\n: While executing ParallelParsingBlockInputFormat. (CANNOT_PARSE_ESCAPE_SEQUENCE)',
    'CANNOT_PARSE_ESCAPE_SEQUENCE (25) in column text',
  ],
  [
    `Code: 27. DB::Exception: Cannot parse input: expected '"' before: 'a; while pushing to view x': (while reading the value of key score): (at row 1)\n: While executing ParallelParsingBlockInputFormat. (CANNOT_PARSE_INPUT_ASSERTION_FAILED)`,
    'CANNOT_PARSE_INPUT_ASSERTION_FAILED (27) in column score',
  ],
] as const;

/** The first four are answers of ClickHouse 26.7; the others have the form that its source gives them. */
const aboutTheServer = [
  'Code: 16. DB::Exception: No such column foo in table d.t (f44f77f1-b5e1-4bb1-a3c5-c04596398c5b). (NO_SUCH_COLUMN_IN_TABLE)',
  'Code: 60. DB::Exception: Table d.nope does not exist. Maybe you meant system.one?. (UNKNOWN_TABLE)',
  'Code: 81. DB::Exception: Database nodb does not exist. (UNKNOWN_DATABASE)',
  "Code: 252. DB::Exception: Too many partitions for single INSERT block (more than 100). The limit is controlled by 'max_partitions_per_insert_block' setting. (TOO_MANY_PARTS)",
  'Code: 241. DB::Exception: Memory limit (total) exceeded: would use 3.50 GiB. (MEMORY_LIMIT_EXCEEDED)',
  'Code: 202. DB::Exception: Too many simultaneous queries. Maximum: 100. (TOO_MANY_SIMULTANEOUS_QUERIES)',
  'Code: 242. DB::Exception: Table is in readonly mode. (TABLE_IS_READ_ONLY)',
  'Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)',
  'Code: 516. DB::Exception: default: Authentication failed. (AUTHENTICATION_FAILED)',
  "Code: 6. DB::Exception: Cannot parse string 'x' as Int32: syntax error at begin of string: while executing 'FUNCTION toInt32(text :: 1)': while pushing to view d.mine (6e1b2f9e-0000-0000-0000-000000000000). (CANNOT_PARSE_TEXT)",
  'Code: 99999. DB::Exception: Something new. (NOBODY_KNOWS)',
  '<html><body>502 Bad Gateway</body></html>',
];

test.each(aboutARow.map(([answer, told]) => [told, answer]))('is about a row: %s', (told, answer) => {
  expect(classifyError(parseError(answer))).toEqual({
    about: 'row',
    detail: `ClickHouse refused it: ${told}.`,
  });
});

test.each(aboutTheServer.map((answer) => [answer.slice(0, 60), answer]))(
  'is about the server: %s',
  (_, answer = '') => {
    expect(classifyError(parseError(answer))).toEqual({ about: 'server' });
  },
);

test.each([new Error('Timeout error.'), new TypeError('x is not a function'), 'text', undefined])(
  'what is no answer of ClickHouse is about the server: %p',
  (error) => {
    expect(classifyError(error)).toEqual({ about: 'server' });
  },
);
