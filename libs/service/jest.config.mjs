import preset from '../../jest.preset.mjs';

export default preset('service', import.meta.dirname);
