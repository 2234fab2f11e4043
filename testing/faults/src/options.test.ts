import { commandOf, parseOptions } from './options.ts';

test('names and flags, in any order', () => {
  expect(parseOptions(['--short', '--resume', 'a', '--seed', '7', 'b'])).toEqual({
    names: ['a', 'b'],
    list: false,
    short: true,
    resume: true,
    seed: '7',
  });
  expect(parseOptions(['--help'])).toBe('help');
  expect(() => parseOptions(['--what'])).toThrow('--what');
});

test('the command of a row runs the case again as it was', () => {
  expect(commandOf('a', { short: false, seed: '1' })).toBe('npm run faults -- a');
  expect(commandOf('a', { short: true, seed: '7' })).toBe('npm run faults -- a --short --seed 7');
});
