import preset from '../../jest.preset.mjs';

export default preset('sink-clickhouse', import.meta.dirname);
