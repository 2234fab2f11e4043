import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import avsc from 'avsc';
import { incompatibilities } from '../tools/compatibility.ts';
import { readReleased } from './read-released.ts';
import { lossesOf } from './losses.ts';

const released = readReleased();

describe('released schemas', () => {
  const committed = JSON.parse(readFileSync(join(import.meta.dirname, '../released.json'), 'utf8')) as Record<
    string,
    string
  >;

  test('none was edited, and each is listed in released.json', () => {
    const hashes = Object.fromEntries(
      released.map(({ topic, version, text }) => [
        `${topic}/${version}.avsc`,
        createHash('sha256').update(text).digest('hex'),
      ]),
    );
    const edited = Object.keys(committed).filter((name) => hashes[name] !== committed[name]);
    const unlisted = Object.entries(hashes).filter(([name]) => !(name in committed));
    const problems = [
      ...edited.map((name) => `${name} was edited after its release: put it back, and add a new version.`),
      ...unlisted.map(([name, hash]) => `${name} is new: add "${name}": "${hash}" to schemas/released.json.`),
    ];
    expect(problems).toEqual([]);
  });

  // Who edits a file and its row, or deletes the row and releases the file again, passes the test above.
  test('no row that was ever committed was changed or removed, as far back as this checkout goes', () => {
    const problems = committedBefore().flatMap(({ commit, rows }) =>
      Object.entries(rows)
        .filter(([name, hash]) => committed[name] !== hash)
        .map(([name]) => `${name} was released otherwise in ${commit}: put the file and its row back.`),
    );
    expect(problems).toEqual([]);
  });

  test('versions are numbered from 1, without gaps', () => {
    const numbers = Map.groupBy(released, ({ topic }) => topic);
    for (const versions of numbers.values())
      expect(versions.map(({ version }) => version)).toEqual(versions.map((_one, index) => index + 1));
  });

  test.each([...new Set(released.map(({ topic }) => topic))])(
    '%s: every version reads what every other one wrote',
    (topic) => {
      const versions = released.filter((one) => one.topic === topic).map(({ schema }) => schema);
      expect(incompatibilities(versions)).toEqual([]);
    },
  );
});

interface Committed {
  readonly commit: string;
  readonly rows: Readonly<Record<string, string>>;
}

/** `released.json` in each commit that changed it; empty where there is no history. */
function committedBefore(): Committed[] {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' });
  const { status, stdout } = git('log', '--format=%h', '--', '../released.json');
  if (status !== 0) return [];
  return stdout.split('\n').flatMap((commit) => {
    const shown = commit === '' ? undefined : git('show', `${commit}:./../released.json`);
    return shown?.status === 0 ? [{ commit, rows: JSON.parse(shown.stdout) as Committed['rows'] }] : [];
  });
}

test('each release that added something is seen by the release before it', () => {
  const byTopic = Map.groupBy(released, ({ topic }) => topic);
  const seen = [...byTopic].flatMap(([topic, versions]) => {
    const types = versions.map(({ schema }) => avsc.Type.forSchema(schema as avsc.Schema));
    return types.slice(1).map((newer, at) => [topic, at + 1, lossesOf(types[at]!, newer).length > 0]);
  });
  expect(seen.length).toBeGreaterThan(0);
  expect(seen).toEqual(seen.map(([topic, version]) => [topic, version, true]));
  const [first, second] = (byTopic.get('conversation.v1') ?? []).map(({ schema }) =>
    avsc.Type.forSchema(schema as avsc.Schema),
  );
  expect(lossesOf(first!, second!)).toEqual(
    expect.arrayContaining([
      'the field company_id',
      'the symbol TELEGRAM of channel',
      'the field meta.repairs',
    ]),
  );
});

describe('the check of compatibility', () => {
  const kind = (symbols: string[]) => ({ type: 'enum', name: 'Kind', symbols, default: 'UNKNOWN' });
  const record = (...fields: object[]) => ({ type: 'record', name: 'R', fields });
  const id = { name: 'id', type: 'string' };
  const part = (...fields: object[]) => ({ type: 'record', name: 'Part', fields });
  const text = { name: 'text', type: 'string', default: '' };
  const count = { name: 'count', type: 'long', default: 0 };

  test.each<[string, object[]]>([
    ['a new field with a default', [record(id), record(id, text)]],
    ['a field that may now be null', [record({ ...text, type: ['string', 'null'] }), record({ ...text, type: ['null', 'string'], default: null })]], // prettier-ignore
    ['a new symbol of an enum with a default', [record({ name: 'kind', type: kind(['UNKNOWN', 'A']) }), record({ name: 'kind', type: kind(['UNKNOWN', 'A', 'B']) })]], // prettier-ignore
  ])('%s passes', (_name, versions) => {
    expect(incompatibilities(versions)).toEqual([]);
  });

  test.each<[string, object[], string[]]>([
    ['a new field without a default', [record(), record(id)], ['Version 2 cannot read what version 1 wrote']],
    [
      'a field without a default that went',
      [record(id), record()],
      ['Version 1 cannot read what version 2 wrote', 'Version 2 has not the field id'],
    ],
    [
      'a field with a default that went',
      [record(id, text), record(id)],
      ['Version 2 has not the field text, which version 1 has.'],
    ],
    [
      'a field that has another name',
      [record(text), record({ ...text, name: 'note' })],
      ['Version 2 has not the field text, which version 1 has.'],
    ],
    [
      'a field of a part that went',
      [record({ name: 'p', type: part(id, text) }), record({ name: 'p', type: part(id) })],
      ['Version 2 has not the field p.text, which version 1 has.'],
    ],
    [
      'a symbol that went',
      [
        record({ name: 'kind', type: kind(['UNKNOWN', 'A', 'B']) }),
        record({ name: 'kind', type: kind(['UNKNOWN', 'B']) }),
      ],
      ['Version 2 has not the symbol A of kind, which version 1 has.'],
    ],
    [
      'a field that went and came back',
      [record(text), record(), record(text)],
      ['Version 2 has not the field text, which version 1 has.'],
    ],
    ['another type', [record(text), record({ ...text, type: 'int', default: 0 })], ['Version 1 cannot', 'Version 2 cannot']], // prettier-ignore
    ['a type that only grew', [record({ ...count, type: 'int' }), record(count)], ['Version 1 cannot read what version 2']], // prettier-ignore
    // Not transitive: each fits its neighbour, and the third does not fit the first.
    ['a name that came back as another type', [record(text), record(), record({ ...text, type: 'int', default: 0 })], ['Version 1 cannot read what version 3', 'Version 2 has not the field text', 'Version 3 cannot read what version 1']], // prettier-ignore
  ])('%s is told', (_name, versions, messages) => {
    expect(incompatibilities(versions)).toEqual(
      messages.map((message) => expect.stringContaining(message) as string),
    );
  });
});
