import preset from '../../jest.preset.mjs';

export default preset('echat-staff-sdk', import.meta.dirname);
