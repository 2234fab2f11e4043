/** What a test file needs; its name says it. CONTRIBUTING.md explains each. */
export const tiers = ['unit', 'integration', 'e2e'] as const;
export type Tier = (typeof tiers)[number];

export const isTier = (text: string): text is Tier => (tiers as readonly string[]).includes(text);

/** @param project the name of a Jest project: `kafka`, `kafka:integration`, `e2e` */
export function tierOf(project: string): Tier {
  const tier = project.split(':').at(-1) ?? '';
  return isTier(tier) ? tier : 'unit';
}
