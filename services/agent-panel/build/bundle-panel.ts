import { join } from 'node:path';
import { bundle } from '@sluice/echat-staff-sdk/bundle';

/** The panel's script, as browsers get it. */
export const bundlePanel = (): Promise<string> =>
  bundle(join(import.meta.dirname, '../browser/panel.ts'), 'iife');
