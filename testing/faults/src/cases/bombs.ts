interface Hostile {
  readonly name: string;
  readonly vendor: 'echat' | 'sobot';
  readonly body: Buffer;
}

const xml = (name: string, body: string | Buffer): Hostile => ({
  name,
  vendor: 'echat',
  body: Buffer.from(body),
});
const json = (name: string, body: string | Buffer): Hostile => ({
  name,
  vendor: 'sobot',
  body: Buffer.from(body),
});

/** Sobot's envelope around one record, whose text is given as it stands. */
const envelope = (record: string): string =>
  `{"sys_code":"sobot","type":"session","company_id":"5cc2c708202d4defaf72d4bcac362a55","content":[${record}]}`;

/** Documents below ingress's limit that are hard on anybody who parses them. */
export function bombs(): Hostile[] {
  const deep = 5_000;
  const attributes = Array.from({ length: 80_000 }, (_, at) => `a${at}="1"`).join(' ');
  const keys = Array.from({ length: 70_000 }, (_, at) => `"k${at}":1`).join(',');
  const entities = Array.from(
    { length: 9 },
    (_, at) => `<!ENTITY e${at + 1} "${`&e${at};`.repeat(10)}">`,
  ).join('');
  return [
    xml('5,000 levels of XML', `<xml>${'<a>'.repeat(deep)}${'</a>'.repeat(deep)}</xml>`),
    xml('80,000 attributes', `<xml><a ${attributes}/></xml>`),
    xml('a billion laughs', `<!DOCTYPE xml [<!ENTITY e0 "ha">${entities}]><xml>&e9;</xml>`),
    xml('an external entity', '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml>&x;</xml>'),
    xml('NUL in XML', '<xml><msgId>\0</msgId></xml>'),
    xml('a UTF-16 declaration', '<?xml version="1.0" encoding="UTF-16"?><xml><msgId>1</msgId></xml>'),
    xml('UTF-16 bytes', Buffer.from('\ufeff<xml><msgId>2</msgId></xml>', 'utf16le')),
    xml('a GBK declaration', '<?xml version="1.0" encoding="GBK"?><xml><msgId>3</msgId></xml>'),
    xml('a BOM', '\ufeff<xml><msgId>4</msgId></xml>'),
    xml('invalid UTF-8', Buffer.from('3c786d6c3e3c6d736749643ec328fffe3c2f6d736749643e3c2f786d6c3e', 'hex')),
    json('5,000 levels of JSON', envelope(`${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`)),
    json('5,000 levels of arrays', envelope(`{"a":${'['.repeat(deep)}${']'.repeat(deep)}}`)),
    json('70,000 keys', envelope(`{${keys}}`)),
    json('duplicate keys', envelope('{"sid":"1","sid":"2","__proto__":{"x":1},"constructor":3}')),
    json('lone surrogates', envelope('{"sid":"\\ud800","name":"\\udc00x"}')),
    json('NUL in JSON', envelope('{"sid":"a\\u0000b"}')),
    json('a BOM', `\ufeff${envelope('{"sid":"5"}')}`),
    json('huge numbers', envelope(`{"sid":"6","visit_time":${'9'.repeat(10_000)},"x":1e400}`)),
    json('not JSON at all', 'x'.repeat(1_000)),
  ];
}

/** Texts that would forge a line of a log, or turn it around. */
export function oddTexts(): Hostile[] {
  const odd = [
    'a\r\n{"level":"fatal"}\r\n',
    '\u001b[2J\u001b[31mred',
    '\u202eevil\u2066',
    '\u2028\u2029\u0085',
  ];
  return odd.flatMap((text, at) => [
    xml(`field ${at} of XML`, `<xml><msgId>${at}</msgId><chatId><![CDATA[${text}]]></chatId></xml>`),
    json(`field ${at} of JSON`, envelope(JSON.stringify({ sid: `odd-${at}`, name: text }))),
  ]);
}
