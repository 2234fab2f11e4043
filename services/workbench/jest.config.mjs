import preset from '../../jest.preset.mjs';

export default preset('workbench', import.meta.dirname);
