import preset from '../../jest.preset.mjs';

export default preset('monitoring', import.meta.dirname);
