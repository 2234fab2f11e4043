import { testRebuild } from '../../testing/rebuild-suite.ts';

testRebuild('elasticsearch');
