import type { ProductionPackage } from '@sluice/cli/production-packages';

/** The page docs/reference/licences.md: third-party packages that run in production, by licence. */
export function licencesPage(packages: readonly ProductionPackage[]): string {
  const byLicense = [...Map.groupBy(packages, ({ license }) => license)].sort(([a], [b]) => (a < b ? -1 : 1));
  const sections = byLicense.map(
    ([license, ofIt]) =>
      `## ${license}\n\n${ofIt.map(({ name, version }) => `- ${name} ${version}`).join('\n')}`,
  );
  return `# Licences

This page lists the third-party packages that run in production: those in package-lock.json that are not for
development. It is generated, and a test refuses all other licences. \`sluice sbom\` prints the same list for its image as
a CycloneDX bill of materials: \`docker run --rm <image> sluice sbom\`. The image also contains Debian and Node.

${sections.join('\n\n')}
`;
}
