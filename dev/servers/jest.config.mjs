import preset from '../../jest.preset.mjs';

export default preset('dev-servers', import.meta.dirname);
