/** Splits and merges for the files of genome research: FASTQ, FASTA and VCF. */
@NullMarked
package org.golempipeline.genomes;

import org.jspecify.annotations.NullMarked;
