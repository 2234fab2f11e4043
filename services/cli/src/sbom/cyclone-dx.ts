import type { ProductionPackage } from './production-packages.ts';

/** A bill of materials in CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/), the same for the same packages. */
export function cycloneDx(version: string, packages: readonly ProductionPackage[]): object {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: {
        ...{ type: 'application', 'bom-ref': 'sluice', name: 'sluice', version },
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
    },
    components: packages.map(componentOf),
  };
}

function componentOf({ name, version, license, integrity }: ProductionPackage): object {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const [algorithm = '', digest = ''] = integrity.split('-', 2);
  return {
    ...{ type: 'library', 'bom-ref': purl, name, version, purl },
    licenses: [/ (OR|AND) /.test(license) ? { expression: license } : { license: { id: license } }],
    hashes: [
      {
        alg: algorithm.toUpperCase().replace('SHA', 'SHA-'),
        content: Buffer.from(digest, 'base64').toString('hex'),
      },
    ],
  };
}
