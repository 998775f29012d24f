// Written by scripts/make-ordering-goldens with NumPy 2.4.6; not to be edited.

/// What NumPy answers in the corners.
enum OrderingGoldens {
  struct Order: Sendable {
    var x: [Double]
    var sorted: [Double]
    var argsort: [Int64]
    var unique: [Double]
    var indices: [Int64]
    var inverse: [Int64]
    var counts: [Int64]
  }

  struct Search: Sendable {
    var row: [Double]
    var values: [Double]
    var left: [Int64]
    var right: [Int64]
  }

  struct Bins: Sendable {
    var x: [Double]
    var bins: Int
    var range: ClosedRange<Double>?
    var counts: [Int64]
    var edges: [Double]
  }

  static let orders: [Order] = [
    .init(
      x: [3, .nan, -.infinity, .infinity, 0.0, .nan, -1, 3],
      sorted: [-.infinity, -1.0, 0.0, 3.0, 3.0, .infinity, .nan, .nan],
      argsort: [2, 6, 4, 0, 7, 3, 1, 5],
      unique: [-.infinity, -1.0, 0.0, 3.0, .infinity, .nan],
      indices: [2, 6, 4, 0, 3, 1],
      inverse: [3, 5, 0, 4, 2, 5, 1, 3],
      counts: [1, 1, 1, 2, 1, 2]),
    .init(
      x: [.nan, .nan],
      sorted: [.nan, .nan],
      argsort: [0, 1],
      unique: [.nan],
      indices: [0],
      inverse: [0, 0],
      counts: [2]),
    .init(
      x: [],
      sorted: [],
      argsort: [],
      unique: [],
      indices: [],
      inverse: [],
      counts: []),
    .init(
      x: [5],
      sorted: [5.0],
      argsort: [0],
      unique: [5.0],
      indices: [0],
      inverse: [0],
      counts: [1]),
    .init(
      x: [0.0, -0.0, 0.0],
      sorted: [0.0, -0.0, 0.0],
      argsort: [0, 1, 2],
      unique: [0.0],
      indices: [0],
      inverse: [0, 0, 0],
      counts: [3]),
    .init(
      x: [2, 1, 2, 1, 2],
      sorted: [1.0, 1.0, 2.0, 2.0, 2.0],
      argsort: [1, 3, 0, 2, 4],
      unique: [1.0, 2.0],
      indices: [1, 0],
      inverse: [1, 0, 1, 0, 1],
      counts: [2, 3]),
  ]

  static let searches: [Search] = [
    .init(
      row: [1, 2, 2, 3, .nan],
      values: [0, 1, 2, 2.5, 3, .infinity, .nan],
      left: [0, 0, 1, 3, 3, 4, 4],
      right: [0, 1, 3, 3, 4, 4, 5]),
    .init(
      row: [],
      values: [1, .nan],
      left: [0, 0],
      right: [0, 0]),
    .init(
      row: [-.infinity, 0.0, .infinity],
      values: [-.infinity, -0.0, .infinity],
      left: [0, 1, 2],
      right: [1, 2, 3]),
    .init(
      row: [.nan, .nan],
      values: [.nan, 1],
      left: [0, 0],
      right: [2, 0]),
  ]

  static let histograms: [Bins] = [
    .init(
      x: [1, 2, 1, 3, 5],
      bins: 4,
      range: nil,
      counts: [2, 1, 1, 1],
      edges: [1.0, 2.0, 3.0, 4.0, 5.0]),
    .init(
      x: [],
      bins: 3,
      range: nil,
      counts: [0, 0, 0],
      edges: [0.0, 0.3333333333333333, 0.6666666666666666, 1.0]),
    .init(
      x: [7, 7],
      bins: 2,
      range: nil,
      counts: [0, 2],
      edges: [6.5, 7.0, 7.5]),
    .init(
      x: [0, 0.1, 0.2, 0.3, 1],
      bins: 10,
      range: 0.0...1.0,
      counts: [1, 1, 2, 0, 0, 0, 0, 0, 0, 1],
      edges: [
        0.0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5, 0.6000000000000001, 0.7000000000000001, 0.8,
        0.9, 1.0,
      ]),
    .init(
      x: [-1, 0, 4, 5, .nan, .infinity],
      bins: 4,
      range: 0.0...4.0,
      counts: [1, 0, 0, 1],
      edges: [0.0, 1.0, 2.0, 3.0, 4.0]),
    .init(
      x: [
        0.0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5, 0.6000000000000001, 0.7000000000000001, 0.8,
        0.9, 1.0, 1.1, 1.2000000000000002, 1.3, 1.4000000000000001,
      ],
      bins: 14,
      range: 0.0...1.4,
      counts: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
      edges: [
        0.0, 0.09999999999999999, 0.19999999999999998, 0.3, 0.39999999999999997,
        0.49999999999999994, 0.6, 0.7, 0.7999999999999999, 0.8999999999999999, 0.9999999999999999,
        1.0999999999999999, 1.2, 1.2999999999999998, 1.4,
      ]),
    .init(
      x: [-0.5, 0.5],
      bins: 5,
      range: 2.0...2.0,
      counts: [0, 0, 0, 0, 0],
      edges: [1.5, 1.7, 1.9, 2.1, 2.3, 2.5]),
    .init(
      x: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      bins: 10,
      range: nil,
      counts: [1, 1, 1, 1, 1, 1, 1, 1, 1, 2],
      edges: [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]),
  ]
}
