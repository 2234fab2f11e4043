import { chooseProvider, type Machine } from './choose-provider.ts';
import { parseJavaProperties, type Java } from './native/java.ts';

const java = (major: number): Java => ({ command: '/usr/bin/java', home: '/usr/lib/jvm', major });

const machine = (has: { docker?: boolean; java?: Java; maven?: boolean }): Machine => ({
  dockerAnswers: () => Promise.resolve(has.docker ?? false),
  findJava: () => Promise.resolve(has.java),
  hasMaven: () => has.maven ?? false,
});

test.each([
  [undefined, { docker: true, java: java(17), maven: true }, 'docker'],
  ['', { docker: true }, 'docker'],
  [undefined, { java: java(17), maven: true }, 'native'],
  ['native', { docker: true, java: java(21), maven: true }, 'native'],
  ['docker', { docker: true, java: java(17), maven: true }, 'docker'],
])('SLUICE_DEV_PROVIDER=%s on a machine with %j: %s', async (wish, has, kind) => {
  await expect(chooseProvider(wish, machine(has))).resolves.toMatchObject({ kind });
});

test.each([
  [
    undefined,
    {},
    'No Docker daemon answers and Java was not found and Maven (mvn) was not found: start Docker, or install Java 17 or newer and Maven.',
  ],
  [
    undefined,
    { java: java(11), maven: true },
    'No Docker daemon answers and /usr/bin/java is Java 11: start Docker, or install Java 17 or newer.',
  ],
  [
    undefined,
    { java: java(17) },
    'No Docker daemon answers and Maven (mvn) was not found: start Docker, or install Maven.',
  ],
  [
    'native',
    { docker: true },
    'SLUICE_DEV_PROVIDER is "native" but Java was not found and Maven (mvn) was not found: install Java 17 or newer and Maven.',
  ],
  [
    'docker',
    { java: java(17), maven: true },
    'SLUICE_DEV_PROVIDER is "docker" but no Docker daemon with the compose plugin answers: start Docker, or unset the variable.',
  ],
  ['podman', {}, 'SLUICE_DEV_PROVIDER is "podman": it must be "native" or "docker", or not be set.'],
])('SLUICE_DEV_PROVIDER=%s on a machine with %j is told what to do', async (wish, has, message) => {
  await expect(chooseProvider(wish, machine(has))).rejects.toThrow(message);
});

test('Java says where and how old it is', () => {
  const text =
    '    java.home = /usr/lib/jvm/java-17\n    java.specification.version = 17\nopenjdk version "17.0.15"\n';
  expect(parseJavaProperties('java', text)).toEqual({
    command: 'java',
    home: '/usr/lib/jvm/java-17',
    major: 17,
  });
  expect(parseJavaProperties('java', text.replace('= 17', '= 1.8'))).toMatchObject({ major: 8 });
  expect(parseJavaProperties('java', 'no Java here')).toBeUndefined();
});
