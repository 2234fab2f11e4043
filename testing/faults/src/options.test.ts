import { defaultKafkaClient, kafkaClients } from '@sluice/kafka/client';
import { commandOf, parseOptions } from './options.ts';

test('names and flags, in any order', () => {
  expect(parseOptions(['--short', '--resume', 'a', '--seed', '7', '--client', 'platformatic', 'b'])).toEqual({
    names: ['a', 'b'],
    list: false,
    short: true,
    resume: true,
    seed: '7',
    client: 'platformatic',
  });
  expect(parseOptions(['--help'])).toBe('help');
  expect(() => parseOptions(['--what'])).toThrow('--what');
  expect(() => parseOptions(['--client', 'a'])).toThrow('--client must be kafkajs or platformatic.');
});

const other = kafkaClients.find((client) => client !== defaultKafkaClient)!;

test('the command of a row runs the case again as it was', () => {
  expect(commandOf('a', { short: false, seed: '1', client: defaultKafkaClient })).toBe('npm run faults -- a');
  expect(commandOf('a', { short: true, seed: '7', client: other })).toBe(
    `npm run faults -- a --short --seed 7 --client ${other}`,
  );
});
