import { parseOptions } from './options.ts';

test('a name alone takes the presets', () => {
  expect(parseOptions(['ingress'])).toEqual({
    bench: 'ingress',
    seconds: 8,
    rounds: 3,
    records: 30_000,
    type: null,
    json: false,
  });
});

test('options are read', () => {
  expect(parseOptions(['pipeline', '--records', '500', '--type', 'chat', '--seconds=2', '--json'])).toEqual({
    bench: 'pipeline',
    seconds: 2,
    rounds: 3,
    records: 500,
    type: 'chat',
    json: true,
  });
  expect(parseOptions(['--help'])).toBe('help');
});

test.each([
  [[], 'Name one bench: ingress, fairness, normalizer, pipeline, views.'],
  [['everything'], 'Name one bench: ingress, fairness, normalizer, pipeline, views.'],
  [['ingress', 'pipeline'], 'Name one bench: ingress, fairness, normalizer, pipeline, views.'],
  [['ingress', '--seconds', '0'], '--seconds must be a whole number from 1 to 600, not "0".'],
  [['pipeline', '--records', '1e3'], '--records must be a whole number from 1 to 10000000, not "1e3".'],
])('%j is refused with an error', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
