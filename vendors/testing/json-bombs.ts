import type { HostileBody } from './vendor-attacks.ts';

/**
 * JSON that is hard on anybody who parses it.
 * @param envelope what the vendor writes around a record, whose text is given as it stands
 */
export function jsonBombs(envelope: (record: string) => string): HostileBody[] {
  const deep = 5_000;
  const keys = Array.from({ length: 70_000 }, (_, at) => `"k${at}":1`).join(',');
  const texts = {
    '5,000 levels of JSON': envelope(`${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`),
    '5,000 levels of arrays': envelope(`{"a":${'['.repeat(deep)}${']'.repeat(deep)}}`),
    '70,000 keys': envelope(`{${keys}}`),
    'duplicate keys': envelope('{"sid":"1","sid":"2","__proto__":{"x":1},"constructor":3}'),
    'lone surrogates': envelope('{"sid":"\\ud800","name":"\\udc00x"}'),
    'NUL in JSON': envelope('{"sid":"a\\u0000b"}'),
    'a BOM': `\ufeff${envelope('{"sid":"5"}')}`,
    'huge numbers': envelope(`{"sid":"6","visit_time":${'9'.repeat(10_000)},"x":1e400}`),
    'not JSON at all': 'x'.repeat(1_000),
  };
  return Object.entries(texts).map(([name, text]) => ({ name, body: Buffer.from(text) }));
}
