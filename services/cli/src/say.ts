/** Tells a person, in one line or several, and a program, as data: a line of `--json`. */
export type Say = (lines: string | readonly string[], fact: object) => void;

export type Print = (line: string) => void;

/** @param json print the data instead of the lines */
export function sayer(print: Print, json: boolean): Say {
  return (lines, fact) => {
    for (const line of json ? [toJson(fact)] : typeof lines === 'string' ? [lines] : lines) print(line);
  };
}

/** One line of JSON. Bytes are base64, and numbers beyond what JSON keeps are texts. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_name, one: unknown) => {
    if (typeof one === 'bigint') return String(one);
    return one instanceof Uint8Array ? Buffer.from(one).toString('base64') : one;
  });
}
