import { vendors, type VendorId } from '../index.ts';
import { useNormalize } from './golden-source.ts';
import { forgedMark, type HostileBody, type VendorAttacks } from './vendor-attacks.ts';
import { testingOf } from './vendor-testing.ts';

const normalize = useNormalize();
const times = [Date.UTC(2002, 0, 15), Date.UTC(2050, 5, 15)];
const chars = 256 * 1024;

/** A vendor without an attack passes the tests of it. */
describe.each(Object.keys(vendors) as VendorId[])('the attacks of %s', (id) => {
  let attacks: VendorAttacks;
  beforeAll(async () => {
    attacks = (await testingOf(id)).attacks ?? {};
  });

  test('are of no more characters than they may have, each with a name of its own', () => {
    const kinds: readonly (readonly HostileBody[])[] = [
      attacks.bombs?.() ?? [],
      attacks.amplifying?.(chars) ?? [],
      attacks.superlinear?.(chars) ?? [],
      attacks.longNames?.(chars) ?? [],
    ];
    for (const bodies of kinds) expect(new Set(bodies.map(({ name }) => name)).size).toBe(bodies.length);
    const sized = kinds.slice(1).flat();
    expect(sized.filter(({ body }) => body.toString().length > chars).map(({ name }) => name)).toEqual([]);
  });

  test('have a text as it stands, and an event at each time', () => {
    expect(attacks.textBody?.('\u202eevil', '7').toString() ?? '\u202eevil').toContain('\u202eevil');
    const events = (attacks.eventsAt?.(times) ?? []).flatMap(
      ({ dataType, text }) => normalize(id, dataType, text).events,
    );
    const at = events.map(({ value }) => (value as { meta: { occurred_at: number } }).meta.occurred_at);
    expect(at.toSorted()).toEqual(attacks.eventsAt ? times : []);
  });

  test('forge nothing: a well-formed document with a typed text becomes events that hold it', () => {
    const forged = attacks.forgeries?.('name') ?? [];
    expect(forged.filter((text) => !text.includes(forgedMark))).toEqual([]);
    for (const { content, name, typed, isWellFormed } of attacks.typedTexts?.(() => forged) ?? [])
      if (isWellFormed) {
        const { events, rejected } = normalize(id, content.dataType, content.text);
        expect([name, rejected]).toEqual([name, []]);
        expect(JSON.stringify(events.map(({ value }) => value))).toContain(
          JSON.stringify(typed).slice(1, -1),
        );
      }
  });
});
