/**
 * The exceptions that ClickHouse does not answer with 500, by name; the rule is that of
 * `exceptionCodeToHTTPStatus` in its src/Server/HTTP, for what an engine without users or sessions can raise.
 */
const statuses: readonly (readonly [status: number, exceptions: RegExp])[] = [
  [400, /^CANNOT_PARSE_(TEXT|ESCAPE_SEQUENCE|QUOTED_STRING|DATE|DATETIME|NUMBER|IPV4|IPV6|UUID)$/],
  [400, /^CANNOT_PARSE_(DOMAIN_VALUE_FROM_STRING|INPUT_ASSERTION_FAILED)$/],
  [
    400,
    /^(BAD_ARGUMENTS|CANNOT_COMPILE_REGEXP|SYNTAX_ERROR|INCORRECT_DATA|TYPE_MISMATCH|TOO_DEEP_AST|TOO_BIG_AST)$/,
  ],
  [400, /^(DUPLICATE_COLUMN|ILLEGAL_COLUMN|THERE_IS_NO_COLUMN|VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE)$/],
  [400, /^(UNKNOWN_ELEMENT_IN_AST|UNKNOWN_TYPE_OF_AST_NODE|UNEXPECTED_AST_STRUCTURE)$/],
  [403, /^ACCESS_DENIED$/],
  [
    404,
    /^UNKNOWN_(TABLE|FUNCTION|IDENTIFIER|TYPE|STORAGE|DATABASE|SETTING|FORMAT|DATABASE_ENGINE|TYPE_OF_QUERY)$/,
  ],
  [404, /^UNKNOWN_(DIRECTION_OF_SORTING|AGGREGATE_FUNCTION|ROLE)$/],
  [408, /^TIMEOUT_EXCEEDED$/],
  [413, /^QUERY_IS_TOO_LARGE$/],
  [501, /^NOT_IMPLEMENTED$/],
  [503, /^(SOCKET_TIMEOUT|CANNOT_OPEN_FILE|CANNOT_SCHEDULE_TASK)$/],
];

/** The HTTP status for an exception's text, which ends with its name in brackets. */
export function httpStatusOf(message: string): number {
  const name = /\(([A-Z][A-Z0-9_]+)\)\s*$/.exec(message)?.[1] ?? '';
  return statuses.find(([, exceptions]) => exceptions.test(name))?.[0] ?? 500;
}
