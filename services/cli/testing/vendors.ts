import { vendors } from '@sluice/vendors';

/** Two vendors of the list, for tests that need any: the first sends one XML document a push, the second JSON batches. */
export const [first = '', second = ''] = Object.keys(vendors);
