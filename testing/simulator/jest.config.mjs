import preset from '../../jest.preset.mjs';

export default preset('simulator', import.meta.dirname);
