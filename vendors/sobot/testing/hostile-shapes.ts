import { fill } from '../../testing/vendor-testing.ts';
import { list, longNameLengths, numbered, type HostileBody } from '../../testing/vendor-attacks.ts';

const push = (name: string, text: string): HostileBody => ({ name, body: Buffer.from(text) });
/** To a source that encrypts: the list of records, or each of them, should be ciphertext. */
const sealed = (name: string, text: string): HostileBody => ({
  ...{ name, body: Buffer.from(text), toEncrypted: true },
});

/** Members next to as many records as there is room for: an event has what stands next to its record. */
export function amplifying(chars: number): HostileBody[] {
  const room = chars - 1_000;
  const half = Math.floor(room / 2);
  const unopened = '"aaaaaaaaaaaaaaaaaaa"';
  const calls = (content: string, padding: number): string =>
    `{"type":"calllog","pad":"${'x'.repeat(padding)}","content":[${content}]}`;
  const beside = numbered(half, 12, (at) => `"k${at}":1`, ',');
  return [
    sealed('elements that do not decrypt, next to a large member', calls(list(half, unopened), half)),
    sealed('the same behind one plain element', calls(`"x",${list(half, unopened)}`, half)),
    sealed('few elements that do not decrypt, next to a larger one', calls(list(20_000, unopened), room - 20_000)), // prettier-ignore
    push('a large member next to 620 records', `{"type":"msg","pad":"${'x'.repeat(room - 1_300)}","content":[${list(1_240, '1')}]}`), // prettier-ignore
    push('a large member next to 1,000 records', `{"type":"msg","pad":"${'x'.repeat(room - 2_000)}","content":[${list(2_000, '1')}]}`), // prettier-ignore
    push('a large member next to as many records as there is room', `{"type":"msg","pad":"${'x'.repeat(half)}","content":[${list(half, '1')}]}`), // prettier-ignore
    push('nothing but records', `{"type":"msg","content":[${list(room, '1')}]}`),
    push('many members next to many records', `{"type":"msg",${beside},"content":[${list(half, '{}')}]}`),
    push('many members next to 900 records', `{"type":"msg",${beside},"content":[${list(2_700, '{}')}]}`),
    push('900 records of empty texts', `{"type":"msg","content":[${list(room, `{"msg":[${list(1_000, '""')}]}`)}]}`), // prettier-ignore
  ];
}

/** Everything that a reader of JSON, of JSON within a text, and of ciphertext goes over. */
export function superlinear(chars: number): HostileBody[] {
  const room = chars - 1_000;
  const json = Object.entries({
    'numbers without commas': `{"type":"msg","content":[{${fill(room, '1 ')}}]}`,
    commas: `{"type":"msg","content":[${fill(room, ',')}]}`,
    'escaped letters': `{"type":"msg","content":[{"a":"${fill(room, '\\u00e9')}"}]}`,
    'a text that never ends': `{"type":"msg","content":["${fill(room, 'a')}`,
    backslashes: `{"type":"msg","content":["${fill(room, '\\\\')}"]}`,
    'distinct names': `{"type":"msg","content":[{${numbered(room, 12, (at) => `"k${at}":1`, ',')}}]}`,
    'one name again and again': `{"type":"msg","content":[{${list(room, '"k":1')}}]}`,
    'members next to the records': `{"type":"msg",${numbered(room, 12, (at) => `"k${at}":1`, ',')},"content":[{},{}]}`,
    'arrays 90 deep': `{"type":"msg","content":[${'['.repeat(90)}${list(room, '1')}${']'.repeat(90)}]}`,
    deep: `{"type":"msg","content":[${fill(room / 2, '[')}${fill(room / 2, ']')}]}`,
    'halves of characters': `{"type":"msg","content":[{"a":"${fill(room, '\\ud83d')}"}]}`,
    comments: `{"type":"msg","content":[${fill(room, '/*x*/')}]}`,
    'quotes alone': fill(room, '"'),
    braces: `{${fill(room, '"":{},')}}`,
    'spaces in a record': `{"type":"msg","content":[${fill(room, ' ')}{}]}`,
    'raw line breaks in a text': `{"type":"msg","content":[{"a":"${fill(room, '\n\t')}"}]}`,
    'JSON within a text': JSON.stringify({
      type: 'session',
      content: [{ params: `[${list(room / 2, '1')}]` }],
    }),
  });
  return [
    ...json.map(([name, text]) => push(`JSON, ${name}`, text)),
    sealed('spaces for ciphertext', `{"sys_code":"21","type":"msg","content":"${fill(room, ' ')}!"}`),
    sealed('ciphertext and spaces', `{"sys_code":"21","type":"msg","content":"${fill(room, 'A ')}!"}`),
    sealed('escaped ciphertext', `{"sys_code":"21","type":"msg","content":"${fill(room, '\\u0041')}"}`),
    sealed('members next to the ciphertext', `{"type":"msg",${numbered(room, 12, (at) => `"k${at}":1`, ',')},"content":"AAAA"}`), // prettier-ignore
    sealed('brackets alone', fill(room, '[{"a":')),
  ];
}

/** A member with a long name around values, and around objects. */
export function longNames(chars: number): HostileBody[] {
  const room = chars - 1_000;
  return longNameLengths(room).flatMap((length) => {
    const name = 'x'.repeat(length);
    const record = (values: string): string => `{"type":"msg","content":[{"${name}":[${values}]}]}`;
    return [
      push(`a name of ${length} in JSON`, record(list(room - length, '1'))),
      push(`a name of ${length} above objects`, record(list(room - length, '{"a":{"b":1}}'))),
    ];
  });
}
