// Inputs and gradients of the tiles of minimal filtering, in vectors of TILE_LANES tiles of a row.

// to[16][step]: the transformed inputs of every tile, of one channel of all images. What `planes`
// hold outside of the images is 0.
static void TILES(winograd_inputs)(const apus_winograd *g, const T *x, T *planes, T *to,
                                   ptrdiff_t step) {
  const ptrdiff_t columns = apus_winograd_columns(g), row = apus_winograd_row(g);
  const ptrdiff_t rows = 2 * g->rows + 2, image = g->inputs * g->height * g->width;
  for (ptrdiff_t n = 0; n < g->images; n++) {
    FN(winograd_split)(x + n * image, g->height, g->width, g->before_y, g->before_x,
                       2 * g->first_row, rows, columns + 1, row, planes);
    for (ptrdiff_t ty = 0; ty < g->rows; ty++)
      for (ptrdiff_t tx = 0; tx < columns; tx += TILE_LANES) {
        TILE_VECTOR t[4][4];
#pragma clang loop unroll(full)
        for (int r = 0; r < 4; r++) {
          const T *even = planes + (2 * ty + r) * row + tx, *odd = even + rows * row;
          const TILE_VECTOR d0 = TILES(load)(even), d1 = TILES(load)(odd);
          const TILE_VECTOR d2 = TILES(load)(even + 1), d3 = TILES(load)(odd + 1);
          t[r][0] = d0 - d2;
          t[r][1] = d1 + d2;
          t[r][2] = d2 - d1;
          t[r][3] = d1 - d3;
        }
        T *v = to + (n * g->rows + ty) * columns + tx;
#pragma clang loop unroll(full)
        for (int j = 0; j < 4; j++) {
          TILES(store)(v + j * step, t[0][j] - t[2][j]);
          TILES(store)(v + (4 + j) * step, t[1][j] + t[2][j]);
          TILES(store)(v + (8 + j) * step, t[2][j] - t[1][j]);
          TILES(store)(v + (12 + j) * step, t[1][j] - t[3][j]);
        }
      }
  }
  FN(winograd_clear)(to, step, g->images * g->rows * columns);
}

// to[16][step]: the transformed output gradients of every tile, of one output of all images.
static void TILES(winograd_gradients)(const apus_winograd *g, const T *dy, T *planes, T *to,
                                      ptrdiff_t step) {
  const ptrdiff_t columns = apus_winograd_columns(g), row = apus_winograd_row(g);
  const ptrdiff_t rows = 2 * g->rows, image = g->outputs * g->out_height * g->out_width;
  const TILE_VECTOR half = (TILE_VECTOR)(T)0.5;
  for (ptrdiff_t n = 0; n < g->images; n++) {
    FN(winograd_split)(dy + n * image, g->out_height, g->out_width, 0, 0, 2 * g->first_row, rows,
                       columns, row, planes);
    for (ptrdiff_t ty = 0; ty < g->rows; ty++)
      for (ptrdiff_t tx = 0; tx < columns; tx += TILE_LANES) {
        TILE_VECTOR t[2][4];
#pragma clang loop unroll(full)
        for (int r = 0; r < 2; r++) {
          const T *even = planes + (2 * ty + r) * row + tx;
          const TILE_VECTOR a = TILES(load)(even), b = TILES(load)(even + rows * row);
          t[r][0] = a;
          t[r][1] = (a + b) * half;
          t[r][2] = (a - b) * half;
          t[r][3] = b;
        }
        T *v = to + (n * g->rows + ty) * columns + tx;
#pragma clang loop unroll(full)
        for (int j = 0; j < 4; j++) {
          TILES(store)(v + j * step, t[0][j]);
          TILES(store)(v + (4 + j) * step, (t[0][j] + t[1][j]) * half);
          TILES(store)(v + (8 + j) * step, (t[0][j] - t[1][j]) * half);
          TILES(store)(v + (12 + j) * step, t[1][j]);
        }
      }
  }
  FN(winograd_clear)(to, step, g->images * g->rows * columns);
}

#undef TILES
#undef TILE_VECTOR
#undef TILE_LANES
