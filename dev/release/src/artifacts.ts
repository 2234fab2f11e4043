import { minorOf } from './version.ts';

/** Where a repository is on GitHub: `owner/name`. */
export type Repository = string;

/** What a release publishes, by name. The release workflow takes these names from here too. */
export interface Artifacts {
  /** Without a tag. */
  readonly image: string;
  readonly imageTags: readonly string[];
  readonly platforms: readonly string[];
  /** The file that `helm package` writes. */
  readonly chartFile: string;
  /** What the chart is pushed to. */
  readonly chartRegistry: string;
  /** What the pushed chart is called. */
  readonly chart: string;
  /** CycloneDX, written by `sluice sbom` of the image. */
  readonly sbomFile: string;
}

/** Registries want lower case. */
export function artifactsOf(version: string, repository: Repository): Artifacts {
  const image = `ghcr.io/${repository.toLowerCase()}`;
  return {
    image,
    imageTags: [version, minorOf(version)],
    platforms: ['linux/amd64', 'linux/arm64'],
    chartFile: `sluice-${version}.tgz`,
    chartRegistry: `oci://${image}/charts`,
    chart: `${image}/charts/sluice`,
    sbomFile: `sluice-${version}.cdx.json`,
  };
}

/** `git@github.com:Owner/name.git`, `https://github.com/Owner/name` → `Owner/name`; null for any other remote. */
export function repositoryOf(remote: string): Repository | null {
  return /github\.com[:/]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(remote)?.[1] ?? null;
}
