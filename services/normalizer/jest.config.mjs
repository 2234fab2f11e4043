import preset from '../../jest.preset.mjs';

export default preset('normalizer', import.meta.dirname);
