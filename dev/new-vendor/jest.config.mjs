import preset from '../../jest.preset.mjs';

export default preset('new-vendor', import.meta.dirname);
