import { durationsOf } from '@sluice/vendor-kit/mapping/reader';
import { durations } from '../durations.ts';

export const duration = durationsOf(durations);
