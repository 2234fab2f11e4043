import preset from '../../jest.preset.mjs';

export default preset('sink-elasticsearch', import.meta.dirname);
