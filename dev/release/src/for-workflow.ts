import { describeTag } from './describe-tag.ts';

/**
 * `node dev/release/src/for-workflow.ts outputs|notes`: what .github/workflows/release.yml asks of the tag that it
 * runs for, as lines for GITHUB_OUTPUT or as the text of the release. Ends with 1 when the files say otherwise.
 */
const { GITHUB_REF_NAME = '', GITHUB_REPOSITORY = '' } = process.env;
const found = describeTag(process.cwd(), GITHUB_REF_NAME, GITHUB_REPOSITORY);
if (found.outcome === 'refused') {
  process.stderr.write(
    `${found.reasons.join('\n')}\nMake the release with "npm run release", and push its tag.\n`,
  );
  process.exitCode = 1;
} else if (process.argv[2] === 'notes') {
  process.stdout.write(`${found.notes}\n`);
} else {
  const { image, imageTags, platforms, ...others } = found.artifacts;
  const outputs = {
    version: found.version,
    image,
    'image-tags': imageTags.map((tag) => `${image}:${tag}`).join(','),
    platforms: platforms.join(','),
    'chart-file': others.chartFile,
    'chart-registry': others.chartRegistry,
    chart: others.chart,
    'sbom-file': others.sbomFile,
  };
  process.stdout.write(
    Object.entries(outputs)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
}
