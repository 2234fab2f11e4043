import preset from '../../jest.preset.mjs';

export default preset('workbench-emulator', import.meta.dirname);
