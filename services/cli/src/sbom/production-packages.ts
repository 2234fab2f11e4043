import { readFileSync } from 'node:fs';

/** A package of somebody else's that runs in production. */
export interface ProductionPackage {
  readonly name: string;
  readonly version: string;
  /** As SPDX names it. */
  readonly license: string;
  /** `sha512-…`, of what the registry has. */
  readonly integrity: string;
}

interface Lock {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly version?: string;
        readonly license?: string;
        readonly integrity?: string;
        readonly link?: boolean;
        readonly dev?: boolean;
        readonly optional?: boolean;
        readonly devOptional?: boolean;
      }
    >
  >;
}

/**
 * The packages of a lock file that production needs, each version once: of `package-lock.json`, or of what npm writes
 * of an installation, `node_modules/.package-lock.json`. Not by `npm sbom`: with workspaces it leaves packages out.
 */
export function productionPackages(lockFile: string): ProductionPackage[] {
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8')) as Lock;
  const found = new Map<string, ProductionPackage>();
  for (const [path, one] of Object.entries(packages)) {
    if (!path.includes('node_modules/') || one.link || one.dev || one.optional || one.devOptional) continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const { version = '', integrity = '', license = '' } = one;
    found.set(`${name}@${version}`, { name, version, license, integrity });
  }
  return [...found.values()].sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}
