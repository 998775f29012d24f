// Clears what all.inc.h defines for one element type.
#undef T
#undef SUFFIX
#undef LANES
#undef LANE_BYTES
#undef INT
#undef UINT
#undef T_MAX
#undef T_MIN
#undef LIBRARY
