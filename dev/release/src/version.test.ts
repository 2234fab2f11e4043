import { isAbove, isVersion, minorOf, nextVersion } from './version.ts';

test.each([
  ['0.1.0', 'breaking', '0.2.0'],
  ['0.1.3', 'feature', '0.2.0'],
  ['0.1.9', 'fix', '0.1.10'],
  ['1.2.3', 'breaking', '2.0.0'],
  ['1.2.3', 'feature', '1.3.0'],
  ['1.2.3', 'fix', '1.2.4'],
] as const)('after %s, what is %s makes %s', (last, impact, next) => {
  expect(nextVersion(last, impact)).toBe(next);
});

test.each([
  ['0.1.0', true],
  ['10.20.30', true],
  ['v0.1.0', false],
  ['0.1', false],
  ['01.1.0', false],
  ['0.1.0-rc.1', false],
  ['0.1.0\n', false],
  ['', false],
])('%j is a version: %s', (text, is) => {
  expect(isVersion(text)).toBe(is);
});

test.each([
  ['0.10.0', '0.9.9', true],
  ['1.0.0', '0.99.99', true],
  ['0.1.0', '0.1.0', false],
  ['0.1.9', '0.2.0', false],
])('%s is above %s: %s', (version, other, is) => {
  expect(isAbove(version, other)).toBe(is);
});

test('the minor version is a tag of the image too', () => {
  expect(minorOf('0.12.3')).toBe('0.12');
});
