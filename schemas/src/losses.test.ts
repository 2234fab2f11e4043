import avsc from 'avsc';
import { lossesOf } from './losses.ts';

const typeOf = (...fields: object[]): avsc.Type =>
  avsc.Type.forSchema({ type: 'record', name: 'R', namespace: 'n', fields } as never);
const text = (name: string) => ({ name, type: 'string', default: '' });
const field = (name: string, type: unknown) => ({ name, type });
const kind = (...symbols: string[]) => ({ type: 'enum', name: 'Kind', symbols, default: 'UNKNOWN' });
const part = (...fields: object[]) => ({ type: 'record', name: 'Part', fields });
const [old, grown] = [part(text('a')), part(text('a'), text('b'))];
const [few, many] = [kind('UNKNOWN', 'A'), kind('UNKNOWN', 'A', 'B', 'C')];

test.each<[string, object[], object[], string[]]>([
  ['a field', [text('a')], [text('a'), text('b')], ['the field b']],
  ['every field of a record that has no reader, as one', [], [field('p', grown)], ['the field p']],
  ['a field of a part', [field('p', old)], [field('p', grown)], ['the field p.b']],
  [
    'a field of a part that may be null',
    [field('p', ['null', old])],
    [field('p', ['null', grown])],
    ['the field p.b'],
  ],
  [
    'a field of a part that may now be null',
    [field('p', old)],
    [field('p', [grown, 'null'])],
    ['the field p.b'],
  ],
  [
    'a field of a part that was null before',
    [field('p', ['null', old])],
    [field('p', grown)],
    ['the field p.b'],
  ],
  [
    'a field in a list',
    [field('p', { type: 'array', items: old })],
    [field('p', { type: 'array', items: grown })],
    ['the field p.b'],
  ],
  [
    'a field in a map',
    [field('p', { type: 'map', values: old })],
    [field('p', { type: 'map', values: grown })],
    ['the field p.b'],
  ],
  ['symbols', [field('k', few)], [field('k', many)], ['the symbol B of k', 'the symbol C of k']],
  [
    'symbols in a list in a part',
    [field('p', part(field('k', { type: 'array', items: few })))],
    [field('p', part(field('k', { type: 'array', items: many })))],
    ['the symbol B of p.k', 'the symbol C of p.k'],
  ],
  [
    'a type that is used twice, once',
    [field('p', old), field('q', 'Part')],
    [field('p', grown), field('q', 'Part')],
    ['the field p.b'],
  ],
  [
    'a field of a type that holds itself',
    [field('p', part(text('a'), field('next', ['null', 'Part'])))],
    [field('p', part(text('a'), field('next', ['null', 'Part']), text('b')))],
    ['the field p.b'],
  ],
])('what a reader drops is told: %s', (_name, reader, writer, losses) => {
  expect(lossesOf(typeOf(...reader), typeOf(...writer))).toEqual(losses);
});

test.each<[string, object[], object[]]>([
  ['the same schema', [text('a'), field('k', many)], [text('a'), field('k', many)]],
  ['a newer reader', [text('a'), text('b'), field('k', many)], [text('a'), field('k', few)]],
  [
    'another order, doc and default',
    [text('b'), { ...text('a'), doc: 'x', default: 'y' }],
    [text('a'), text('b')],
  ],
  ['a field that the reader knows by an alias', [{ ...text('a'), aliases: ['b'] }], [text('b')]],
  ['a number that the reader keeps wider', [field('n', 'long')], [field('n', 'int')]],
  [
    'a type that the reader takes as one of several',
    [field('n', ['null', 'string'])],
    [field('n', 'string')],
  ],
])('%s loses nothing', (_name, reader, writer) => {
  expect(lossesOf(typeOf(...reader), typeOf(...writer))).toEqual([]);
});
