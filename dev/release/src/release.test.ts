import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describeTag } from './describe-tag.ts';
import { firstChanges, scratchCheckout, type ScratchCheckout } from '../testing/scratch-checkout.ts';

jest.setTimeout(30_000);

let checkout: ScratchCheckout;
beforeEach(() => (checkout = scratchCheckout()));
afterEach(() => checkout.remove());

const manifest = readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8');
const { version: current } = JSON.parse(manifest) as { version: string };
const [major = 0, minor = 0] = current.split('.').map(Number);
const next = major === 0 ? `0.${minor + 1}.0` : `${major + 1}.0.0`;

/** Everything of a checkout that a release could change. */
function stateOf(of: ScratchCheckout): unknown {
  return [
    of.git('rev-parse', 'HEAD'),
    of.git('status', '--porcelain'),
    of.git('tag'),
    of.read('CHANGELOG.md'),
  ];
}

/** Adds changes to the section of what is not released. */
function change(of: ScratchCheckout, heading: string, entry: string): void {
  of.write(
    'CHANGELOG.md',
    of.read('CHANGELOG.md').replace('## Unreleased\n', `## Unreleased\n\n### ${heading}\n\n- ${entry}\n`),
  );
  of.commit(`ingress: ${entry}`);
}

test('a dry run shows all that a release would do, and changes nothing', () => {
  const before = stateOf(checkout);
  const { code, output } = checkout.release('--dry-run');
  expect(code).toBe(0);
  for (const shown of [
    `${current}: no release was tagged yet`,
    '1 since the beginning: repo 1.',
    '2 entries get the heading',
    '- The second thing.',
    'call.v1/1.avsc',
    `commit   "release: ${current}"`,
    `tag      v${current}`,
    `ghcr.io/example/sluice:${current}, ghcr.io/example/sluice:${major}.${minor}`,
    'linux/amd64 and linux/arm64',
    `sluice-${current}.tgz, version ${current}, appVersion ${current}`,
    'oci://ghcr.io/example/sluice/charts',
    `sluice-${current}.cdx.json, CycloneDX 1.5`,
    'provenance   of the image and the chart',
    `gh attestation verify oci://ghcr.io/example/sluice:${current} --repo Example/Sluice`,
    'Nothing was changed.',
  ])
    expect(output).toContain(shown);
  expect(stateOf(checkout)).toEqual(before);
});

test('the first release is the version that package.json says; it is committed, tagged and not pushed', () => {
  const { code, output } = checkout.release();
  expect(code).toBe(0);
  expect(output).toContain(`git push --atomic origin main v${current}`);
  expect(checkout.git('log', '-1', '--format=%s')).toBe(`release: ${current}`);
  expect(checkout.git('status', '--porcelain')).toBe('');
  expect(checkout.git('cat-file', '-t', `v${current}`)).toBe('tag');
  // Git would take the headings for comments.
  expect(checkout.git('for-each-ref', '--format=%(contents)', `refs/tags/v${current}`)).toBe(
    `Sluice ${current}\n\n${firstChanges}`,
  );
  expect(describeTag(checkout.root, `v${current}`, 'Example/Sluice')).toMatchObject({
    outcome: 'release',
    notes: firstChanges,
    artifacts: { image: 'ghcr.io/example/sluice' },
  });
});

test('the next release follows from the changelog, and every file says it', () => {
  checkout.release();
  change(checkout, 'To do when you upgrade', 'Turn it off and on.');
  expect(checkout.release('--dry-run').output).toContain(
    `${next}: it follows ${current}, and the changelog says what to do`,
  );
  expect(checkout.release().code).toBe(0);
  expect(JSON.parse(checkout.read('package.json'))).toMatchObject({ version: next });
  expect(JSON.parse(checkout.read('package-lock.json'))).toMatchObject({
    version: next,
    packages: { '': { version: next } },
  });
  expect(parse(checkout.read('helm/sluice/Chart.yaml'))).toMatchObject({ version: next, appVersion: next });
  expect(checkout.git('diff', '--shortstat', 'HEAD~1')).toMatch(/^ 4 files changed/);
  expect(describeTag(checkout.root, `v${next}`, 'Example/Sluice').outcome).toBe('release');
});

test('a version that is asked for is taken', () => {
  expect(checkout.release('7.8.9').code).toBe(0);
  expect(checkout.git('tag')).toBe('v7.8.9');
});

test('of the schemas, those are shown that the last release had not', () => {
  checkout.release();
  change(checkout, 'Fixed', 'Something.');
  expect(checkout.release('--dry-run').output).toMatch(/Schemas +None is new/);
  const released = JSON.parse(checkout.read('schemas/released.json')) as Record<string, string>;
  const [first = ''] = Object.keys(released);
  checkout.write('schemas/new-topic.v1/1.avsc', checkout.read(`schemas/${first}`));
  const rows = { ...released, 'new-topic.v1/1.avsc': released[first] };
  checkout.write('schemas/released.json', JSON.stringify(rows, null, 2));
  checkout.commit('schemas: release new-topic');
  const { code, output } = checkout.release('--dry-run');
  expect(code).toBe(0);
  expect(output).toMatch(/Schemas +1 of \d+ are released for the first time:\n +new-topic\.v1\/1\.avsc\n/);
});

const spoilt: [what: string, spoil: (of: ScratchCheckout) => void, args: string[], refusal: RegExp][] = [
  ['a file that is not committed', (of) => of.write('notes.txt', 'x'), [], /1 file is not committed \(notes\.txt\)/],
  ['a file that was changed', (of) => of.write('package.json', of.read('package.json') + '\n'), [], /not committed \(package\.json\)/],
  ['another branch', (of) => void of.git('switch', '--quiet', '--create', 'feature'), [], /feature is checked out/],
  ['no branch', (of) => void of.git('switch', '--quiet', '--detach'), [], /No branch is checked out/],
  ['a main that lacks commits of the remote', (of) => {
    of.git('commit', '--quiet', '--allow-empty', '--message', 'repo: of somebody else');
    of.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    of.git('reset', '--quiet', '--hard', 'HEAD~1');
  }, [], /1 commit of origin\/main is missing here/],
  ['a draft of a schema', (of) => {
    of.write('schemas/call.v1/99.avsc', '{}');
    of.commit('schemas: draft');
  }, [], /schemas\/call\.v1\/99\.avsc is a draft: run "npm run release -w schemas"/],
  ['a released schema that was edited', (of) => {
    of.write('schemas/call.v1/1.avsc', '{}');
    of.commit('schemas: edit');
  }, [], /schemas\/call\.v1\/1\.avsc is not as it was released/],
  ['a changelog without an entry', (of) => {
    of.write('CHANGELOG.md', '# Changelog\n\n## Unreleased\n');
    of.commit('docs: empty');
  }, [], /lists no change below "## Unreleased"/],
  ['what is not a version', () => undefined, ['1.0'], /"1\.0" is no version/],
  ['a version that is a flag of Git', () => undefined, ['--', '--help'], /"--help" is no version/],
  ['a version below the last one', (of) => {
    of.git('tag', 'v9.0.0');
  }, ['8.0.0'], /8\.0\.0 is not above 9\.0\.0/],
  ['a version that was released', (of) => {
    of.git('tag', 'v9.0.0');
  }, ['9.0.0'], /The tag v9\.0\.0 is there already/],
]; // prettier-ignore

test.each(spoilt)(
  '%s is refused, in a dry run too, and nothing is changed',
  (_what, spoil, args, refusal) => {
    spoil(checkout);
    const before = stateOf(checkout);
    const dry = checkout.release('--dry-run', ...args);
    expect([dry.code, dry.output]).toEqual([1, expect.stringMatching(refusal)]);
    const real = checkout.release(...args);
    expect([real.code, real.output]).toEqual([1, expect.stringMatching(refusal)]);
    expect(stateOf(checkout)).toEqual(before);
  },
);

test('a commit that Git refuses leaves the files as they were', () => {
  checkout.write('.git/hooks/pre-commit', '#!/bin/sh\necho no >&2\nexit 1\n');
  checkout.git('config', 'core.hooksPath', '.git/hooks');
  chmodSync(join(checkout.root, '.git/hooks/pre-commit'), 0o755);
  const before = stateOf(checkout);
  const { code, output } = checkout.release();
  expect([code, output]).toEqual([1, expect.stringContaining('commit')]);
  expect(stateOf(checkout)).toEqual(before);
});

test.each([
  ['--publish', 'publish'],
  ['1.0.0 2.0.0', 'One version, not 2.'],
])('%s is no way to call it', (args, said) => {
  const { code, output } = checkout.release(...args.split(' '));
  expect([code, output]).toEqual([2, expect.stringContaining(said)]);
});

test.each([
  ['main', /no tag of a release/],
  ['v1.2', /no tag of a release/],
  ['v7.8.9', /package\.json says.*\n?/],
])('the workflow publishes nothing of the tag %s, which no release made', (tag, reason) => {
  const found = describeTag(checkout.root, tag, 'Example/Sluice');
  expect(found).toEqual({
    outcome: 'refused',
    reasons: expect.arrayContaining([expect.stringMatching(reason)]) as string[],
  });
});
