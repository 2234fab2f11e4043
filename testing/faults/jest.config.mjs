import preset from '../../jest.preset.mjs';

export default preset('faults', import.meta.dirname);
