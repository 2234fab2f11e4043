import { parseOptions } from './options.ts';

test('a name alone takes the presets', () => {
  expect(parseOptions(['ingress'])).toEqual({
    bench: 'ingress',
    seconds: 8,
    rounds: 3,
    records: 30_000,
    type: null,
    client: null,
    costs: null,
    json: false,
  });
});

test('options are read', () => {
  expect(parseOptions(['pipeline', '--records', '500', '--seconds=2', '--json'])).toEqual({
    bench: 'pipeline',
    seconds: 2,
    rounds: 3,
    records: 500,
    type: null,
    client: null,
    costs: null,
    json: true,
  });
  expect(parseOptions(['scale'])).toMatchObject({ seconds: 60 });
  expect(parseOptions(['latency', '--client', 'platformatic'])).toMatchObject({ client: 'platformatic' });
  expect(parseOptions(['--help'])).toBe('help');
});

const allNames = 'Name one bench: ingress, fairness, latency, model, normalizer, pipeline, scale, views.';

test.each([
  [[], allNames],
  [['everything'], allNames],
  [['ingress', 'pipeline'], allNames],
  [['ingress', '--seconds', '0'], '--seconds must be a whole number from 1 to 600, not "0".'],
  [['latency', '--seconds', '61'], '--seconds must be a whole number from 1 to 60, not "61".'],
  [['latency', '--client', 'k'], '--client must be kafkajs or platformatic, not "k".'],
  [['pipeline', '--records', '1e3'], '--records must be a whole number from 1 to 10000000, not "1e3".'],
])('%j is refused with an error', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
