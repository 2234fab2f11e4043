import preset from '../../jest.preset.mjs';

export default preset('kafka', import.meta.dirname);
