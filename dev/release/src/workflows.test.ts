import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../../..');

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly uses?: string;
  readonly steps?: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}
interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const files = globSync('.github/workflows/*.yml', { cwd: root }).map((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  return { name: basename(file), text, workflow: parse(text) as Workflow };
});

/** What each job may do, next to reading the repository. Every other job may do nothing else. */
const writing: Readonly<Record<string, readonly string[]>> = {
  'release.yml: image': ['attestations', 'id-token', 'packages'],
  'release.yml: chart': ['attestations', 'id-token', 'packages'],
  'release.yml: release': ['contents'],
};

test('both workflows are looked at', () => {
  expect(files.map(({ name }) => name).sort()).toEqual(['ci.yml', 'release.yml']);
});

describe.each(files)('$name', ({ name, text, workflow }) => {
  test('every action is pinned by its commit, with its version next to it', () => {
    const used = Array.from(text.matchAll(/uses: (.*)$/gm), ([, one = '']) => one);
    expect(used.length).toBeGreaterThan(0);
    const pinned = /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
    expect(used.filter((one) => !pinned.test(one) && one !== './.github/workflows/ci.yml')).toEqual([]);
  });

  test('one action has one version', () => {
    const versions = new Map<string, Set<string>>();
    for (const [, action = '', version = ''] of text.matchAll(/uses: ([\w/-]+)@(\S+)/g))
      versions.set(action, (versions.get(action) ?? new Set()).add(version));
    expect([...versions].filter(([, found]) => found.size > 1)).toEqual([]);
  });

  test('a job may do what it needs, and nothing by default', () => {
    expect(workflow.permissions).toEqual({});
    for (const [job, { permissions = {} }] of Object.entries(workflow.jobs)) {
      const mayWrite = Object.entries(permissions).filter(([, may]) => may !== 'read');
      const expected = writing[`${name}: ${job}`] ?? [];
      expect([job, mayWrite.map(([what]) => what).sort()]).toEqual([job, expected]);
    }
  });

  test('a job ends, and no checkout keeps the token', () => {
    for (const [job, { uses, steps = [], 'timeout-minutes': minutes }] of Object.entries(workflow.jobs)) {
      expect([job, minutes !== undefined || uses !== undefined]).toEqual([job, true]);
      for (const step of steps.filter((one) => one.uses?.startsWith('actions/checkout@')))
        expect(step.with).toMatchObject({ 'persist-credentials': false });
    }
  });

  test('no command is put together from what somebody else may have written', () => {
    const commands = Object.values(workflow.jobs).flatMap(({ steps = [] }) =>
      steps.map(({ run = '' }) => run),
    );
    expect(commands.join('')).not.toBe('');
    expect(commands.filter((command) => command.includes('${{'))).toEqual([]);
  });
});

test('the release publishes after the checks alone, by the names that the tag was held against', () => {
  const { workflow, text } = files.find(({ name }) => name === 'release.yml')!;
  const jobs = workflow.jobs as Record<string, { needs?: string | string[] }>;
  expect(jobs.image?.needs).toEqual(['names', 'check']);
  expect(jobs.chart?.needs).toEqual(['names', 'check', 'image']);
  expect(jobs.release?.needs).toEqual(['names', 'image', 'chart']);
  const taken = new Set(Array.from(text.matchAll(/needs\.names\.outputs\.([\w-]+)/g), ([, name]) => name));
  const given = new Set(Array.from(text.matchAll(/steps\.names\.outputs\.([\w-]+)/g), ([, name]) => name));
  expect([...taken].sort()).toEqual([...given].sort());
});
