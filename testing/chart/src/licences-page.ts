import type { ProductionPackage } from '@sluice/cli/production-packages';

/** The page docs/reference/licences.md: what of others runs in production, by licence. */
export function licencesPage(packages: readonly ProductionPackage[]): string {
  const byLicense = [...Map.groupBy(packages, ({ license }) => license)].sort(([a], [b]) => (a < b ? -1 : 1));
  const sections = byLicense.map(
    ([license, ofIt]) =>
      `## ${license}\n\n${ofIt.map(({ name, version }) => `- ${name} ${version}`).join('\n')}`,
  );
  return `# Licences

The packages of others that run in production: those of package-lock.json that are not for development. Generated; a
test refuses any other licence than these. \`sluice sbom\` prints the same list as a CycloneDX bill of materials, of the
image that it runs in: \`docker run --rm <image> sluice sbom\`. The image itself adds Debian and Node.

${sections.join('\n\n')}
`;
}
