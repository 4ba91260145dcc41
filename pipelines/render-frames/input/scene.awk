# One frame as a grey picture: a ray for every pixel, a ball that bounces on a chequered floor, a lamp, a shadow.
# Only + - * and /, which every machine rounds alike, so that frames are the same everywhere.
function root(v,    x, i) {
  x = (v + 1) / 2
  for (i = 0; i < 12; i++) x = (x + v / x) / 2
  return x
}
function floor(x,    whole) {
  whole = int(x)
  return whole > x ? whole - 1 : whole
}
function shade(dx, dy, dz,    b, c, d, t, x, y, z, nx, ny, nz, light, far) {
  # From the eye at (0, 1, -4): does the ray meet the ball?
  b = dy * (1 - by) + dz * (-4 - bz) - dx * bx
  c = bx * bx + (1 - by) * (1 - by) + (-4 - bz) * (-4 - bz) - radius * radius
  d = b * b - c
  if (d > 0 && (t = -b - root(d)) > 0) {
    nx = (t * dx - bx) / radius; ny = (1 + t * dy - by) / radius; nz = (-4 + t * dz - bz) / radius
    light = nx * lx + ny * ly + nz * lz
    return 40 + (light > 0 ? 200 * light : 0)
  }
  if (dy >= 0) return 215 + 40 * dy # the sky
  t = -1 / dy; x = t * dx; z = -4 + t * dz
  # The floor: is the ball between it and the lamp?
  b = (x - bx) * lx + (0 - by) * ly + (z - bz) * lz
  c = (x - bx) * (x - bx) + by * by + (z - bz) * (z - bz) - radius * radius
  light = (floor(x) + floor(z)) % 2 ? 170 : 90
  far = 1 / (1 + t * t / 200)
  return (b * b > c && b < 0 ? 0.4 : 1) * light * far + 215 * (1 - far)
}
BEGIN {
  radius = 0.6; lx = 0.48; ly = 0.8; lz = -0.36
  swing = frame % 12 / 6 - 1 # one bounce in twelve frames
  bx = 1.2 * swing; by = radius + 1.4 * (1 - swing * swing); bz = 0
  height = int(width * 3 / 4)
  print "P2"; print width, height; print 255
  for (j = 0; j < height; j++) {
    line = ""
    for (i = 0; i < width; i++) {
      x = (2 * i + 1 - width) / width * 0.8; y = (height - 2 * j - 1) / width * 0.8
      far = root(x * x + y * y + 1)
      line = line int(shade(x / far, y / far, 1 / far)) " "
    }
    print line
  }
}
