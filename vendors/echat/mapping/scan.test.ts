import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { seededRandom, type Random } from '@sluice/simulator/random';
import { takeFirst } from '@sluice/simulator/take-first';
import { generateTraffic } from '@sluice/simulator/traffic';
import { createBudget, TooLarge, type Budget } from '@sluice/vendor-kit/mapping/budget';
import { testSources } from '../simulator/testing/test-sources.ts';
import { arbitraryDocument, expectedLeaves, written } from '../testing/arbitrary-document.ts';
import { generatedDocument, mutatedDocument } from '../testing/generated-documents.ts';
import { parseStrict, type StrictReading } from './parse-strict.ts';
import { scan } from './scan.ts';

/** The documents in the folders of a folder. */
const documentsIn = (folder: string, file: string): [name: string, text: string][] =>
  readdirSync(join(import.meta.dirname, folder))
    .filter((name) => !name.startsWith('staffAction'))
    .map((name) => [name, readFileSync(join(import.meta.dirname, folder, name, file), 'utf8')]);
const golden = [
  ...documentsIn('../fixtures', 'input.xml'),
  ...documentsIn('repairs/fixtures', 'repaired.xml'),
];

const scanned = (text: string) => scan(text, createBudget(text.length));
const isWellFormed = (text: string): boolean => parseStrict(text).outcome === 'read';

describe('what the strict parser reads', () => {
  /** SCAN_DOCUMENTS=10000000 compares as many; SCAN_SEED other ones. */
  const { SCAN_DOCUMENTS = '100000', SCAN_SEED = 'npm test' } = process.env;
  const documents = Number(SCAN_DOCUMENTS);

  /** Of twenty documents one is a golden one that was changed. */
  function documentOf(index: number, random: Random): string {
    const [, text] = random.pick(golden);
    return index % 20 === 0 ? mutatedDocument(text, random) : generatedDocument(random);
  }

  test(
    'the scanner reads alike, or leaves to it',
    () => {
      const random = seededRandom(SCAN_SEED);
      const counts = { read: 0, left: 0, 'too-large': 0, flawed: 0 };
      for (let index = 0; index < documents; index += 1) {
        const text = documentOf(index, random);
        const values = random.chance(0.05) ? random.integer(0, 5) : 1_000;
        const scanner = answerOf(() => readingOf(scan(text, budgetOf(values))));
        counts[scanner?.outcome ?? 'left'] += 1;
        const strict = scanner && answerOf(() => parseStrict(text, budgetOf(values)));
        // `toEqual` alone takes ten times as long as everything else.
        if (!isSame(scanner, strict)) expect({ text, ...scanner }).toEqual({ text, ...strict });
      }
      // Both happen often enough to be compared.
      expect(counts.read / documents).toBeGreaterThan(0.3);
      expect(counts['too-large'] / documents).toBeGreaterThan(0.01);
      expect(counts.left / documents).toBeGreaterThan(0.3);
    },
    60_000 + documents,
  );

  test('whatever is written: the leaves that its author meant', () => {
    fc.assert(
      fc.property(arbitraryDocument, (document) => {
        const leaves = scanned(written(document));
        if (leaves) expect(leaves).toEqual(expectedLeaves(document));
      }),
      { numRuns: 1_000 },
    );
  });
});

type Answer = StrictReading | { readonly outcome: 'too-large'; readonly detail: string } | null;

function answerOf(read: () => Answer): Answer {
  try {
    return read();
  } catch (error) {
    if (error instanceof TooLarge) return { outcome: 'too-large', detail: error.message };
    throw error;
  }
}

const readingOf = (leaves: ReturnType<typeof scan>): Answer => leaves && { outcome: 'read', leaves };

/** For so many values. */
function budgetOf(values: number): Budget {
  let left = values;
  return {
    leaf(path, value) {
      left -= 1;
      if (left < 0) throw new TooLarge(`${path}: ${value}`);
    },
    nextRecord: () => undefined,
  };
}

function isSame(a: Answer, b: Answer): boolean {
  if (a?.outcome !== 'read' || b?.outcome !== 'read') return JSON.stringify(a) === JSON.stringify(b);
  const isLeaf = (at: number): boolean =>
    a.leaves[at]?.path === b.leaves[at]?.path && a.leaves[at]?.value === b.leaves[at]?.value;
  return a.leaves.length === b.leaves.length && a.leaves.every((_, at) => isLeaf(at));
}

describe('ordinary documents', () => {
  test('it leaves few of the golden documents to the parser', () => {
    const left = golden.filter(([, text]) => isWellFormed(text) && !scanned(text)).map(([name]) => name);
    expect(left).toEqual([
      'somethingNew-unknown',
      'bare-ampersand-undeclared-entity',
      'bare-ampersand-url',
      'missing-root-several-roots',
      'surrogate-reference-emoji',
    ]);
  });

  test('it reads what the vendor sends', () => {
    const traffic = generateTraffic({
      sources: testSources,
      seed: 's',
      run: 'r',
      now: () => 1_790_000_000_000,
    });
    const texts = [...takeFirst(traffic, 2_000)].map(({ text }) => text).filter(isWellFormed);
    expect(texts.filter((text) => !scanned(text))).toEqual([]);
    expect(texts.length).toBeGreaterThan(1_900);
  });

  test.each([
    ['<?xml version="1.0" encoding="UTF-8"?>\r\n<xml>\r\n<a>1\r2\r\n</a>\r\n</xml>\r\n', '1\n2\n'],
    ['<xml><a> <![CDATA[ ]]>\n<![CDATA[<b>]]&gt;]]></a></xml>', ' <b>]]&gt;'],
    ['<xml><a>&lt;b k=&quot;1&amp;amp;&apos;&gt;]] ></a></xml>', '<b k="1&amp;\'>]] >'],
    ['<xml><a>😀\uE000\uFFFD</a></xml>', '😀\uE000\uFFFD'],
    ['<xml><a>x<![CDATA[y]]> z</a></xml>', 'xy z'],
    ['<xml><a/></xml>', ''],
  ])('%j', (text, value) => {
    expect(scanned(text)).toEqual([{ path: 'a', value }]);
  });
});

describe('what is left to the parser, or refused', () => {
  test.each([
    ['an attribute', '<xml><a k="1">x</a></xml>'],
    ['a blank in a tag', '<xml><a>x</a ></xml>'],
    ['a comment', '<xml><!-- c --><a>x</a></xml>'],
    ['an instruction', '<xml><?p?><a>x</a></xml>'],
    ['a reference by number', '<xml><a>&#120;</a></xml>'],
    ['a name that is not ASCII', '<xml><姓名>x</姓名></xml>'],
    ['text next to an element', '<xml><a>x<b>y</b></a></xml>'],
    ['a section next to an element', '<xml><a><![CDATA[]]><b>y</b></a></xml>'],
    ['a root that is a text', '<xml>x</xml>'],
  ])('%s', (_name, text) => {
    expect(scanned(text)).toBeNull();
    expect(isWellFormed(text)).toBe(true);
  });

  test('a name of any length is refused alike', () => {
    const named = (name: string): string => `<xml><${name}>x</${name}></xml>`;
    for (const length of [257, 300_000]) {
      const text = named('n'.repeat(length));
      expect(() => scanned(text)).toThrow(`A name has ${length} characters`);
      expect(() => parseStrict(text)).toThrow(`A name has ${length} characters`);
    }
  });

  test('a document of very many names, and none after it', () => {
    const ofNames = (count: number): string =>
      `<xml>${Array.from({ length: count }, (_, at) => `<many${at}>x</many${at}>`).join('')}</xml>`;
    expect(scanned(ofNames(2_500))).toBeNull();
    expect(scanned(ofNames(1_000))).toHaveLength(1_000);
  });
});
