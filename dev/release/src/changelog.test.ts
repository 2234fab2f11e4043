import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readChanges, releaseNotes, withRelease } from './changelog.ts';

const changelog = `# Changelog

## Unreleased

### Fixed

- One
  that goes on.

### To do when you upgrade

- Two.

## 0.1.0, 2026-01-02

### New

- Zero.
`;

test('the section of what is not released is read, and its gravest heading counts', () => {
  expect(readChanges(changelog)).toEqual({
    outcome: 'changes',
    changes: {
      text: '### Fixed\n\n- One\n  that goes on.\n\n### To do when you upgrade\n\n- Two.',
      headings: ['Fixed', 'To do when you upgrade'],
      entries: 2,
      impact: 'breaking',
    },
  });
});

test('a release gives the section its name, and opens an empty one', () => {
  const released = withRelease(changelog, '0.2.0', '2026-11-29');
  expect(released).toContain('## Unreleased\n\n## 0.2.0, 2026-11-29\n\n### Fixed\n');
  expect(releaseNotes(released, '0.2.0')).toContain('- Two.');
  expect(releaseNotes(released, '0.2.0')).not.toContain('- Zero.');
  expect(releaseNotes(released, '0.1.0')).toBe('### New\n\n- Zero.');
  expect(releaseNotes(released, '0.1')).toBeNull();
  expect(readChanges(released)).toMatchObject({ outcome: 'none' });
});

test.each([
  [
    'without the section',
    '# Changelog\n\n## 0.1.0, 2026-01-02\n\n- x\n',
    'unusable',
    /has no section "## Unreleased"/,
  ],
  ['without a change', '## Unreleased\n\n### New\n', 'none', /lists no change/],
  [
    'with a heading that says no version',
    '## Unreleased\n\n### Remarks\n\n- x\n',
    'unusable',
    /heading "Remarks".*use .*Fixed/,
  ],
  ['with changes below no heading', '## Unreleased\n\n- x\n', 'unusable', /below no heading/],
])('a changelog %s is not released', (_name, text, outcome, reason) => {
  expect(readChanges(text)).toEqual({ outcome, reason: expect.stringMatching(reason) as string });
});

test('CHANGELOG.md can be released, or has nothing new', () => {
  const own = readFileSync(join(import.meta.dirname, '../../../CHANGELOG.md'), 'utf8');
  expect(readChanges(own)).not.toMatchObject({ outcome: 'unusable' });
});
