import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newVendor } from './new-vendor.ts';

const list = `import { acme } from './acme/vendor.ts';
import { omni } from './omni/vendor.ts';

/** The list. */
export const vendors = { acme, omni } as const;
`;
const root = mkdtempSync(join(tmpdir(), 'sluice-new-vendor-'));
const listFile = join(root, 'vendors/index.ts');
beforeEach(() => {
  mkdirSync(join(root, 'vendors/acme'), { recursive: true });
  writeFileSync(listFile, list);
});
afterEach(() => rmSync(join(root, 'vendors'), { recursive: true }));
afterAll(() => rmSync(root, { recursive: true }));

test('a vendor is a folder and a line in the list, in the order of the ids', () => {
  const files = newVendor(root, 'mock2', 'Mock & Sons');
  expect(files).toContain('vendors/mock2/receiving/verify.ts');
  expect(files.every((file) => existsSync(join(root, file)))).toBe(true);
  expect(readFileSync(listFile, 'utf8')).toBe(`import { acme } from './acme/vendor.ts';
import { mock2 } from './mock2/vendor.ts';
import { omni } from './omni/vendor.ts';

/** The list. */
export const vendors = { acme, mock2, omni } as const;
`);
  const written = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  expect(written).toContain("name: 'Mock & Sons',");
  expect(written).not.toMatch(/__(?:id|Id|name)__/);
});

test('a list that is broken over lines gets its line, too', () => {
  writeFileSync(listFile, list.replace('{ acme, omni }', '{\n  acme,\n  omni,\n}'));
  newVendor(root, 'mock2');
  expect(readFileSync(listFile, 'utf8')).toContain('{ acme, mock2, omni } as const;');
});

test.each([
  ['', 'cannot be the id'],
  ['Mock', 'cannot be the id'],
  ['my-vendor', 'cannot be the id'],
  ['../acme', 'cannot be the id'],
  ['testing', 'cannot be the id'],
  ['acme', 'vendors/acme exists already'],
  ['omni', 'has the vendor omni already'],
])('the id %j is refused, and nothing is written', (id, message) => {
  expect(() => newVendor(root, id)).toThrow(message);
  expect(readFileSync(listFile, 'utf8')).toBe(list);
  expect(existsSync(join(root, 'vendors/omni'))).toBe(false);
});

test("a name that is no text of the vendor's files is refused", () => {
  expect(() => newVendor(root, 'mock2', "O'Hara")).toThrow('cannot be the name');
});
