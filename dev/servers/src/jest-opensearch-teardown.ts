import { stop } from './jest-opensearch-setup.ts';

export default stop;
